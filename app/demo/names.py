"""Words that made-up people, companies and places are called by."""

from __future__ import annotations

import random

from app.demo.book import happens
from app.demo.people import Place


def _words(text: str, separator: str = " ") -> tuple[str, ...]:
    return tuple(text.split(separator))


WOMEN = _words(
    "Abigail Alice Amelia Anna Aria Beatrice Camila Caroline Chloe Claire Daisy Diana Elena Eliza Emily Eva Fiona "
    "Flora Gabriela Georgia Hazel Helen Irene Isabel Ivy Jane Josephine Julia Kate Laura Leah Lily Lucia Lydia Mae "
    "Maria Mila Naomi Nora Paula Quinn Rachel Rosa Ruby Sara Sofia Stella Tessa Valerie Vera Victoria Zoe"
)
MEN = _words(
    "Aaron Adam Adrian Alan Alex Andre Anton Arthur Basil Benjamin Bruno Caleb Carl Cedric Daniel Dennis Edgar "
    "Elias Ethan Felix Frank Gabriel George Gustav Harold Henry Hugo Ian Isaac Ivan Jacob James Joel Jonas Joseph "
    "Julian Kevin Leo Liam Louis Luke Martin Max Miles Nathan Oliver Oscar Otto Patrick Paul Quentin Ralph Robert "
    "Ryan Simon Theo Thomas Victor Walter William"
)
SURNAMES = _words(
    "Abbott Adler Allen Alvarez Archer Baker Barnes Becker Bell Bennett Bishop Blake Bowen Brandt Brooks Burke "
    "Byrne Cabrera Carter Castillo Chan Chapman Clarke Cole Collins Cooper Cortez Cox Cruz Dalton Davis Delgado "
    "Dixon Doyle Duran Eaton Ellis Evans Ferrer Fischer Fletcher Flores Foster Fox Franklin Fuller Garcia Gibson "
    "Gordon Grant Graves Greene Gupta Hale Hansen Harper Hayes Hoffman Holt Howard Hughes Hunt Ibarra Ingram Jacobs "
    "Jensen Jordan Kaur Keller Kim King Klein Knox Lambert Lang Larsen Lawson Lee Lopez Lowe Lynch Marsh Mason "
    "Medina Mercer Meyer Miles Monroe Morgan Moss Murphy Nash Navarro Nguyen Noble Novak Olsen Ortiz Owens Palmer "
    "Park Patel Perez Pierce Porter Quinn Ramirez Reed Reyes Rhodes Rivera Roberts Romero Ross Rowe Salazar Sanders "
    "Schmidt Scott Shaw Silva Simmons Singh Sloan Snyder Stone Suarez Sutton Tanaka Taylor Torres Tran Turner "
    "Vargas Vega Wagner Walsh Ward Warren Weber Wells Wolfe Wong Wood Wright Young Zamora Zhang"
)
FIRMS = _words(
    "Acorn Amber Anchor Arbor Ashford Aurora Bayside Beacon Birchwood Bluebird Bridge Brookside Canyon Cardinal "
    "Cedar Chestnut Clearwater Clover Copper Crescent Dockside Eastgate Elmwood Evergreen Falcon Fairview "
    "Fieldstone Foxglove Granite Greenway Halcyon Harbour Hawthorn Heritage Highland Horizon Ironwood Juniper "
    "Keystone Kingsley Lakeside Lantern Larkspur Laurel Linden Lighthouse Magnolia Maple Meadow Meridian Millbrook "
    "Monarch Mosaic Northgate Oakdale Orchard Parkside Pinecrest Pioneer Prairie Quarry Redwood Ridgeline Riverbend "
    "Rosewood Saffron Sandstone Sierra Silverlake Southport Springfield Stonebridge Summit Sundial Sycamore Thistle "
    "Timber Tidewater Union Valley Vantage Vista Walnut Waverly Westfield Whitestone Willow Windsor"
)
TRADES = _words(
    "Interiors, Living, Home Stores, Supply, Hotels, Offices, Trading, Kitchens, Partners, Design, Outfitters, "
    "Schools, Gifts, Clinics, Cafés, Property, Toys, Play Centres, Books, Markets, Studios, Logistics, Builders, "
    "Group",
    ", ",
)
CITIES = (
    ("Albany", "NY", "122"),
    ("Albuquerque", "NM", "871"),
    ("Boise", "ID", "837"),
    ("Boston", "MA", "021"),
    ("Buffalo", "NY", "142"),
    ("Charlotte", "NC", "282"),
    ("Chicago", "IL", "606"),
    ("Cleveland", "OH", "441"),
    ("Columbus", "OH", "432"),
    ("Dallas", "TX", "752"),
    ("Denver", "CO", "802"),
    ("Des Moines", "IA", "503"),
    ("Detroit", "MI", "482"),
    ("Fresno", "CA", "937"),
    ("Hartford", "CT", "061"),
    ("Houston", "TX", "770"),
    ("Kansas City", "MO", "641"),
    ("Las Vegas", "NV", "891"),
    ("Los Angeles", "CA", "900"),
    ("Madison", "WI", "537"),
    ("Memphis", "TN", "381"),
    ("Minneapolis", "MN", "554"),
    ("Nashville", "TN", "372"),
    ("New Orleans", "LA", "701"),
    ("Oakland", "CA", "946"),
    ("Omaha", "NE", "681"),
    ("Phoenix", "AZ", "850"),
    ("Pittsburgh", "PA", "152"),
    ("Portland", "OR", "972"),
    ("Raleigh", "NC", "276"),
    ("Reno", "NV", "895"),
    ("Sacramento", "CA", "958"),
    ("Salt Lake City", "UT", "841"),
    ("San Diego", "CA", "921"),
    ("San Jose", "CA", "951"),
    ("Santa Barbara", "CA", "931"),
    ("Seattle", "WA", "981"),
    ("Spokane", "WA", "992"),
    ("Tampa", "FL", "336"),
    ("Tucson", "AZ", "857"),
)
STREETS = _words("Alder Bay Cedar Church Elm Garden Grove Hill Lake Main Maple Market Mill Oak Park Pine River School")
JOBS = ("Purchasing manager", "Store manager", "Office manager", "Owner", "Buyer", "Facilities manager", "Accountant")
COMPLAINTS = (
    "Parcel arrived damaged",
    "A part is missing",
    "Wrong colour delivered",
    "Invoice has the old address",
    "Delivery is late",
    "Question about the warranty",
)
DEALS = ("Opening order", "Spring range", "Autumn range", "New location", "Replacement of stock", "Seasonal display")
SUBJECTS = {
    "Call": ("Asked about delivery", "Asked for a price", "Asked for samples", "Thanked for the service"),
    "Email": ("Our newest catalogue", "Your order is on its way", "Answer to your question", "An offer for you"),
    "Task": ("Send samples", "Call back", "Check the terms", "Prepare an offer"),
    "Note": ("Prefers deliveries in the morning", "Interested in larger orders", "Moved to a new address"),
    "Event": ("Visit of the showroom", "Meeting about the range", "Trade fair"),
}


def person(chance: random.Random) -> tuple[str, str]:
    """A name and a gender."""
    woman = happens(chance, 0.5)
    first = chance.choice(WOMEN if woman else MEN)
    return f"{first} {chance.choice(SURNAMES)}", "FEMALE" if woman else "MALE"


def firm(chance: random.Random) -> str:
    """The name of a company."""
    return f"{chance.choice(FIRMS)} {chance.choice(TRADES)}"


def place(chance: random.Random) -> Place:
    """An address."""
    city, region, zone = chance.choice(CITIES)
    street = f"{chance.randint(1, 2999)} {chance.choice(STREETS)} Street"
    return Place(street, city, region, f"{zone}{chance.randint(0, 99):02d}")


def phone(chance: random.Random) -> str:
    """A phone number; 555 numbers belong to nobody."""
    return f"+1 {chance.randint(201, 989)} 555 {chance.randint(100, 199):04d}"
