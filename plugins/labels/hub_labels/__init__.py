"""Labels, packing slips and hand-over sheets of parcelhub; reading barcodes back; one paper size for all.

The PDF, barcode and picture libraries load with the first document, never with the plugin.
"""

from __future__ import annotations

from collections.abc import Iterable

from hub import LabelRenderer, hookimpl

from hub_labels.renderer import ParcelLabels


@hookimpl
def label_renderers() -> Iterable[type[LabelRenderer]]:
    return (ParcelLabels,)


__all__ = ["ParcelLabels", "label_renderers"]
