"""nbconvert configuration: renders an executed notebook as the report, to Markdown and to one self-contained HTML file."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import report_filters  # noqa: E402

c = get_config()  # noqa: F821
report_filters.configure(c)
c.NbConvertApp.log_level = "WARN"
