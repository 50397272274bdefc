"""What the report templates need beside Jinja: choose outputs, make their text harmless, embed assets.

Markup in an output may come from a model or a data set. In HTML it passes an allow list: no script, no handler, no
style but text alignment, no picture or address from outside.
"""

import base64
import html
import re
from pathlib import Path

import bleach
import mistune
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.preprocessors import ExtractOutputPreprocessor

ASSETS = Path(__file__).resolve().parents[2] / "report" / "assets"
SVG = "image/svg+xml"
IMAGES = ("image/png", "image/jpeg")
HIDE = "report-hide"

TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "details", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "img", "li", "ol", "p", "pre", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
}  # fmt: skip
ADDRESS = re.compile(r"(https?://|mailto:|#)[^\s<>]*", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
ACTIVE = re.compile(r"<\s*(script|foreignObject|iframe|image|use|animate|set)\b|\son\w+\s*=|javascript:", re.IGNORECASE)
CODE = re.compile(r"(?:^|\n)(?P<fence>`{3,})[^`\n]*\n.*?\n(?P=fence)`*[ \t]*(?=\n|$)|(?<!`)`[^`\n]+`(?!`)", re.DOTALL)
FOREIGN_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!/?(?:details|summary|br|sub|sup)\s*/?>)(?!https?://[^\s<>]*>)", re.IGNORECASE)
ACTING_LINK = re.compile(r"\]\(\s*<?\s*(?:javascript|vbscript|data):", re.IGNORECASE)


def _attribute(tag, name, value):
    if tag == "a":
        return name == "title" or name == "href" and ADDRESS.fullmatch(value) is not None
    if tag == "img":
        return name in {"alt", "title", "width", "height"} or name == "src" and PICTURE.fullmatch(value) is not None
    if tag in {"td", "th"}:
        return name in {"style", "align", "colspan", "rowspan"}
    return tag == "details" and name == "open" or tag == "ol" and name == "start"


_cleaner = bleach.Cleaner(
    tags=TAGS,
    attributes=_attribute,
    protocols={"http", "https", "mailto", "data"},
    css_sanitizer=CSSSanitizer(allowed_css_properties=["text-align"]),
)
_markdown = mistune.create_markdown(escape=False, plugins=["table", "strikethrough"])


def safe_html(markup):
    """HTML with everything taken out that could act or load; what is not allowed is shown as text."""
    return _cleaner.clean(markup)


def html_block(markup):
    """Harmless HTML as one block of Markdown: without a blank line nothing in it is read as Markdown."""
    lines = [line for line in safe_html(markup).splitlines() if line.strip()]
    return "\n".join(["<div>", *lines, "</div>"])


def markdown_to_html(text):
    """Markdown as harmless HTML, each table in a box of its own that scrolls."""
    clean = safe_html(_markdown(text))
    return clean.replace("<table>", '<div class="table" tabindex="0"><table>').replace("</table>", "</table></div>")


def markdown_as_text(text):
    """Markdown for the report in Markdown: HTML other than a few harmless tags becomes text, links that act lead nowhere.
    Code is left as it is."""
    kept = []
    end = 0
    for code in CODE.finditer(text):
        kept += [_inert(text[end : code.start()]), code.group()]
        end = code.end()
    return "".join([*kept, _inert(text[end:])])


def _inert(text):
    return ACTING_LINK.sub("](#", FOREIGN_TAG.sub("&lt;", text))


def _chart(output):
    metadata = output.get("metadata", {})
    own = metadata.get("fmbench") or metadata.get(SVG, {}).get("fmbench")
    return own if own and own.get("file") and SVG in output.get("data", {}) else None


def outputs(cell_outputs):
    """The outputs that a report shows, each as {kind, ...}: one form an output, streams left out."""
    for output in cell_outputs:
        data = output.get("data", {})
        names = output.get("metadata", {}).get("filenames", {})
        own = _chart(output)
        alt = str(data.get("text/plain") or "Picture")
        if output["output_type"] == "error":
            yield {"kind": "error", "text": f"{output['ename']}: {output['evalue']}"}
        elif own:
            yield {"kind": "chart", "file": own["file"], "alt": own.get("alt") or Path(own["file"]).stem, "svg": data[SVG]}
        elif "text/markdown" in data:
            yield {"kind": "markdown", "text": data["text/markdown"]}
        elif "text/html" in data:
            yield {"kind": "html", "text": data["text/html"]}
        elif found := next((kind for kind in (SVG, *IMAGES) if kind in data), None):
            yield {"kind": "image", "type": found, "file": names.get(found, ""), "alt": alt, "data": data[found]}
        elif str(data.get("text/plain", "")).strip():
            yield {"kind": "text", "text": data["text/plain"]}


def hidden(cell):
    """Whether a cell is kept out of the report by its tag."""
    return HIDE in cell.get("metadata", {}).get("tags", [])


def picture(image):
    """A picture that is not one of our charts, as data of an `img`: in there nothing can run."""
    data = image["data"]
    encoded = base64.b64encode(data.encode()).decode() if image["type"] == SVG else "".join(data.split())
    return f'<img alt="{html.escape(image["alt"])}" src="data:{image["type"]};base64,{encoded}">'


def chart(svg, alt):
    """One of our charts in line; should anything in it act, as an `img`."""
    if ACTIVE.search(svg):
        return picture({"type": SVG, "data": svg, "alt": alt})
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", svg)


def fence(text):
    """Text as a Markdown code block that nothing in it can close."""
    ticks = "`" * (max([2, *map(len, re.findall("`+", text))]) + 1)
    return f"{ticks}text\n{text}\n{ticks}"


def escape(text):
    """Text as text in a line of Markdown."""
    flat = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+!|~$])", r"\\\1", flat)


def title(notebook):
    """The first heading of the report."""
    for cell in notebook["cells"]:
        texts = [cell["source"]] if cell["cell_type"] == "markdown" else []
        texts += [shown["text"] for shown in outputs(cell.get("outputs", [])) if shown["kind"] == "markdown"]
        for text in texts:
            heading = re.search(r"^# +(.+)$", text, re.MULTILINE)
            if heading:
                return html.unescape(re.sub(r"\\([^\w\s])", r"\1", heading.group(1)))
    return "Report"


def asset(name):
    """The text of a file of `lib/report/assets`."""
    return (ASSETS / name).read_text(encoding="utf-8")


def asset_base64(name):
    """The bytes of a file of `lib/report/assets`, in base64."""
    return base64.b64encode((ASSETS / name).read_bytes()).decode()


class ReportImages(ExtractOutputPreprocessor):
    """Writes pictures to files, but not our charts: their files are in the run directory already."""

    def preprocess_cell(self, cell, resources, cell_index):
        own = [output for output in cell.get("outputs", []) if _chart(output)]
        kept = [output["data"].pop(SVG) for output in own]
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        for output, svg in zip(own, kept):
            output["data"][SVG] = svg
        return cell, resources


FILTERS = {
    "report_alt": escape,
    "report_asset": asset,
    "report_asset_base64": asset_base64,
    "report_escape": escape,
    "report_fence": fence,
    "report_hidden": hidden,
    "report_html": markdown_to_html,
    "report_html_block": html_block,
    "report_image": picture,
    "report_markdown": markdown_as_text,
    "report_outputs": outputs,
    "report_safe_html": safe_html,
    "report_svg": chart,
    "report_title": title,
}


def configure(config):
    """Adds what the two exporters need to a traitlets config."""
    config.TemplateExporter.filters = FILTERS
    config.TemplateExporter.extra_template_basedirs = [str(ASSETS / "templates")]
    config.MarkdownExporter.template_name = "fmbench_markdown"
    config.MarkdownExporter.preprocessors = [ReportImages]
    config.HTMLExporter.template_name = "fmbench_html"
    config.ReportImages.enabled = True
    config.ExtractOutputPreprocessor.enabled = False
