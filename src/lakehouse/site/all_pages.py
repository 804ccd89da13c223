"""The pages of the site, in the order of its navigation."""

from lakehouse.site.content import Page
from lakehouse.site.pages.commerce import PAGE as COMMERCE
from lakehouse.site.pages.credit import PAGE as CREDIT
from lakehouse.site.pages.education import PAGE as EDUCATION
from lakehouse.site.pages.market import PAGE as MARKET
from lakehouse.site.pages.quality import PAGE as QUALITY
from lakehouse.site.pages.retail import PAGE as RETAIL
from lakehouse.site.pages.runs import PAGE as RUNS

PAGES: tuple[Page, ...] = (COMMERCE, EDUCATION, MARKET, RETAIL, CREDIT, QUALITY, RUNS)
