"""The furniture maker before its first customer."""

from __future__ import annotations

from app.demo.company import Blueprint, ChannelPlan, GroupPlan, UserPlan

NAME = "Oak & Line Furniture"
CURRENCY = "USD"
VIEWER = "managing"

BLUEPRINT = Blueprint(
    channels=(
        ChannelPlan("factory", "Factory", "B2B", "Factory sales", "factory-sales"),
        ChannelPlan("retail", "Retail", "WEB", "Stores", "stores", "Store customer"),
        ChannelPlan("web-kitchen", "Web Kitchen Furniture", "WEB", "Web shop", "web"),
        ChannelPlan("web-office", "Web Office Furniture", "WEB", "Web shop", "web"),
        ChannelPlan("trade-portal", "Trade Portal", "COMMERCE", "Trade portal", "sales"),
        ChannelPlan(
            "print-catalogue", "Print Catalogue", "WEB", "Mail order", "web", "Catalogue customer", active=False
        ),
    ),
    units=(
        ("company", "Oak & Line", None),
        ("sales", "Sales", "company"),
        ("factory-sales", "Factory sales", "sales"),
        ("stores", "Stores", "sales"),
        ("boston", "Boston store", "stores"),
        ("cambridge", "Cambridge store", "stores"),
        ("web", "Web shops", "sales"),
        ("marketing", "Marketing", "company"),
        ("service", "Service", "company"),
    ),
    users=(
        UserPlan("managing", "Marta Keller", "Managing director", "company", "administrator"),
        UserPlan("sales", "Tom Becker", "Head of sales", "sales", "manager", "managing"),
        UserPlan("factory", "Ingrid Solberg", "Key account manager", "factory-sales", "sales", "sales"),
        UserPlan("boston", "Luis Ortega", "Store manager", "boston", "manager", "sales"),
        UserPlan("cambridge", "Hannah Price", "Store manager", "cambridge", "manager", "sales"),
        UserPlan("web", "Yusuf Demir", "Web shop manager", "web", "sales", "sales"),
        UserPlan("marketing", "Sofia Ruiz", "Head of marketing", "marketing", "marketing", "managing"),
        UserPlan("service", "Ben Okafor", "After-sales service", "service", "sales", "managing"),
    ),
    groups=(
        GroupPlan("retail-chains", "Retail chains", "15", "60 days", "Wholesale", "United States"),
        GroupPlan("small-shops", "Small shops", "8", "30 days", "Wholesale", "United States"),
        GroupPlan("boston-store", "Boston store", None, "At once", "Stores", "Boston, MA"),
        GroupPlan("cambridge-store", "Cambridge store", None, "At once", "Stores", "Cambridge, MA"),
        GroupPlan("web-shoppers", "Web shoppers", None, "At once", "Web", None),
        GroupPlan("studio-birch-clients", "Studio Birch clients", "12.5", "14 days", "Trade", "Portland, OR"),
    ),
    tags=("VIP", "key account", "newsletter", "slow payer", "kitchen", "office", "referral"),
    products=(
        ("Oak dining table", "Tables", "649.00"),
        ("Walnut side table", "Tables", "189.50"),
        ("Kitchen island Harbour", "Kitchen", "1290.00"),
        ("Kitchen stool Pine", "Kitchen", "74.90"),
        ("Wall cabinet Shaker", "Kitchen", "219.00"),
        ("Base cabinet Shaker", "Kitchen", "329.00"),
        ("Pantry unit tall", "Kitchen", "589.00"),
        ("Worktop beech 2 m", "Kitchen", "245.25"),
        ("Desk Line 140", "Office", "399.00"),
        ("Desk Line 180", "Office", "479.00"),
        ("Standing desk Rise", "Office", "749.00"),
        ("Office chair Arc", "Office", "289.00"),
        ("Office chair Arc Plus", "Office", "359.00"),
        ("Filing cabinet 3", "Office", "159.00"),
        ("Bookcase Oak 5", "Living", "349.00"),
        ("Bookcase Oak 3", "Living", "229.00"),
        ("Sofa Harbour 2", "Living", "990.00"),
        ("Sofa Harbour 3", "Living", "1290.00"),
        ("Armchair Loft", "Living", "459.00"),
        ("Coffee table Round", "Tables", "179.00"),
        ("Bed frame Birch 160", "Bedroom", "699.00"),
        ("Bed frame Birch 180", "Bedroom", "749.00"),
        ("Bedside table Birch", "Bedroom", "119.95"),
        ("Wardrobe sliding", "Bedroom", "1149.00"),
        ("Chest of drawers 4", "Bedroom", "389.00"),
        ("Dining chair Windsor", "Chairs", "129.00"),
        ("Dining chair Bent", "Chairs", "149.00"),
        ("Bench Oak 160", "Chairs", "259.00"),
        ("Mirror Oak round", "Accents", "139.00"),
        ("Coat stand Line", "Accents", "89.99"),
        ("Lamp Arc floor", "Accents", "169.00"),
        ("Shelf board Oak", "Accents", "39.95"),
    ),
)
