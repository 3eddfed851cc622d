"""What all tests share: how long a made example takes is never judged, as others may want the processor too."""

from __future__ import annotations

import hypothesis

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
