"""The demo: two organisations with a story each, and made-up customers around them."""

from app.demo.load import load_demo
from app.demo.summary import DemoSummary, OrganizationSummary

__all__ = ["DemoSummary", "OrganizationSummary", "load_demo"]
