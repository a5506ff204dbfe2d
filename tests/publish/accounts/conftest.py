"""An account with its vault and a browser, for one test: see `tests/fakes/account_fixtures.py`."""

from tests.fakes.account_fixtures import configure as configure
from tests.fakes.account_fixtures import home as home
from tests.fakes.account_fixtures import logged_in as logged_in
from tests.fakes.account_fixtures import tokens_by as tokens_by
from tests.fakes.account_fixtures import vault as vault
from tests.fakes.account_fixtures import visits as visits
from tests.fakes.account_fixtures import workspace as workspace
