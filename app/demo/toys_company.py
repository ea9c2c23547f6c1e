"""The toy maker before its first customer."""

from __future__ import annotations

from app.demo.company import Blueprint, ChannelPlan, GroupPlan, UserPlan

NAME = "John&Sons"
CURRENCY = "USD"
VIEWER = "paul"

BLUEPRINT = Blueprint(
    channels=(
        ChannelPlan("toy-factory", "Toy Factory", "B2B", "Factory sales", "sales"),
        ChannelPlan("city-outlets", "City Outlets", "WEB", "Tills", "california", "Outlet customer"),
        ChannelPlan("la-shop", "LA Shop", "WEB", "Tills", "los-angeles", "Shop customer"),
        ChannelPlan("toys-online", "Toys Online", "WEB", "Web shop", "sales"),
        ChannelPlan("puzzles-online", "Puzzles Online", "WEB", "Web shop", "sales"),
        ChannelPlan("charity-fund", "Charity Fund", "CUSTOM", "Charity", "charity", "Donor"),
    ),
    units=(
        ("company", "John&Sons", None),
        ("sales", "Sales", "company"),
        ("california", "California", "sales"),
        ("los-angeles", "Los Angeles area", "california"),
        ("san-francisco", "San Francisco area", "california"),
        ("nevada", "Nevada", "sales"),
        ("las-vegas", "Las Vegas area", "nevada"),
        ("marketing", "Marketing", "company"),
        ("charity", "Charity", "company"),
    ),
    users=(
        UserPlan("john", "John Sonnen", "Owner", "company", "administrator"),
        UserPlan("paul", "Paul Sonnen", "Owner", "company", "administrator"),
        UserPlan("mark", "Mark Sonnen", "Owner", "company", "administrator"),
        UserPlan("california", "Victor Ramos", "Head of California", "california", "manager", "john"),
        UserPlan("los-angeles", "Lucy Hale", "Sales manager", "los-angeles", "sales", "california"),
        UserPlan("san-francisco", "Owen Pratt", "Sales manager", "san-francisco", "sales", "california"),
        UserPlan("nevada", "Dana Whitlock", "Head of Nevada", "nevada", "manager", "john"),
        UserPlan("marketing", "Nina Cole", "Marketing", "marketing", "marketing", "paul"),
        UserPlan("charity", "Grace Adeyemi", "Charity coordinator", "charity", "sales", "mark"),
    ),
    groups=(
        GroupPlan("toy-chains", "Toy chains", "18", "60 days", "Wholesale", "California"),
        GroupPlan("kindergartens", "Kindergartens", "10", "30 days", "Institutions", "California"),
        GroupPlan("families", "Families", None, "At once", "Retail", None),
        GroupPlan("collectors", "Collectors", "5", "At once", "Retail", None),
        GroupPlan("donors", "Donors", None, None, None, None),
    ),
    tags=("VIP", "birthday club", "newsletter", "wholesale", "collector", "donor"),
    products=(
        ("Wooden train set", "Trains", "59.90"),
        ("Train extension bridge", "Trains", "24.90"),
        ("Locomotive Red", "Trains", "14.95"),
        ("Building blocks 100", "Blocks", "34.90"),
        ("Building blocks 300", "Blocks", "79.90"),
        ("Marble run Classic", "Blocks", "44.50"),
        ("Rocking horse", "Ride-on", "129.00"),
        ("Balance bike", "Ride-on", "89.00"),
        ("Pull-along duck", "Toddlers", "17.95"),
        ("Shape sorter", "Toddlers", "21.50"),
        ("Stacking rings", "Toddlers", "12.95"),
        ("Dolls' house Maple", "Dolls", "149.00"),
        ("Dolls' furniture kit", "Dolls", "39.90"),
        ("Rag doll Ella", "Dolls", "24.50"),
        ("Puzzle 24 Farm", "Puzzles", "9.95"),
        ("Puzzle 100 Harbour", "Puzzles", "14.95"),
        ("Puzzle 500 Map", "Puzzles", "19.95"),
        ("Puzzle 1000 Night sky", "Puzzles", "24.95"),
        ("Chess set travel", "Games", "29.90"),
        ("Memory game Animals", "Games", "11.95"),
        ("Ludo classic", "Games", "16.50"),
        ("Play kitchen", "Role play", "159.00"),
        ("Tool bench", "Role play", "94.90"),
        ("Market stall", "Role play", "109.00"),
        ("Kite rainbow", "Outdoor", "19.90"),
        ("Skipping rope", "Outdoor", "7.95"),
        ("Sand set", "Outdoor", "13.50"),
        ("Music box", "Music", "27.90"),
        ("Xylophone 12", "Music", "32.00"),
        ("Drum small", "Music", "25.00"),
    ),
)
