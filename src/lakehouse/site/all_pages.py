"""The pages of the site, in the order of its navigation."""

from lakehouse.site.content import Page
from lakehouse.site.pages.commerce import PAGE as COMMERCE

PAGES: tuple[Page, ...] = (COMMERCE,)
