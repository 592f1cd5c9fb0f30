"""How long Hypothesis looks, and what it does when it finds something."""

import os

from hypothesis import Phase, settings

# In CI an example that fails is shown as it was found, with the line that repeats it: making it small may take five
# minutes for each test, and is done by whoever looks into it. The examples of CI are the same every time (Hypothesis'
# own profile for it); everywhere else they are new ones.
settings.register_profile(
    "truename-ci", settings.get_profile("ci"), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
if os.environ.get("CI") == "true":
    settings.load_profile("truename-ci")
