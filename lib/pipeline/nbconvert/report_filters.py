"""What the report templates need beside Jinja: choose outputs, make their text harmless, embed assets.

Markup in an output may come from a model or a data set. In HTML it passes an allow list: no script, no handler, no
style but text alignment, no picture or address from outside.
"""

import base64
import hashlib
import html
import itertools
import re
from pathlib import Path
from xml.etree import ElementTree

import bleach
import mistune
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.preprocessors import ExtractOutputPreprocessor

ASSETS = Path(__file__).resolve().parents[2] / "report" / "assets"
SVG = "image/svg+xml"
ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
IMAGES = ("image/png", "image/jpeg")
HIDE = "report-hide"

TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "details", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "img", "li", "ol", "p", "pre", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
}  # fmt: skip
ADDRESS = re.compile(r"(https?://|mailto:|#)[^\s<>]*", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
CHART_TAGS = {
    "circle", "clipPath", "defs", "desc", "ellipse", "g", "line", "path", "polygon", "polyline", "rect", "style", "svg", "text",
    "title", "tspan",
}  # fmt: skip
SVG_SPACE = "{http://www.w3.org/2000/svg}"
ACTING = re.compile(r"^on|href$|^src$", re.IGNORECASE)
LOADING = re.compile(r"url\(\s*[\"']?(?!#)|@import|javascript:", re.IGNORECASE)
FOREIGN_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!/?(?:details|summary|br|sub|sup)\s*/?>)(?!https?://[^\s<>]*>)", re.IGNORECASE)
FENCE = re.compile(r"(`{3,}|~{3,})([^`\n]*)$")
OTHER_FENCE = re.compile(r"^([\s>*+\-\d.)]*)(`{3,}|~{3,})", re.MULTILINE)
# What a link may lead to: an address on the web, mail, or a place that has no scheme, not even one spelled with entities.
ACTING_LINK = re.compile(r"\]\((?!\s*<?\s*(?:https?://|mailto:|#|[^:&\\\s()<>]*[\s)>]))", re.IGNORECASE)
ACTING_PLACE = re.compile(r"^( {0,3})\[(?=[^\]\n]+\]:(?!\s*<?(?:https?://|mailto:|#)))", re.IGNORECASE | re.MULTILINE)
FOREIGN_IMAGE = re.compile(r"!(?=\[)(?!\[[^\]\n]*\]\(\s*<?(?!//)[^:&\\\s()<>]+[\s)>])")
# What `show()` puts around a sign that would open a formula in JupyterLab.
NO_FORMULA = re.compile(r"<span>(\\[\\$])</span>")


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
    """Markdown for the report in Markdown: HTML other than a few harmless tags becomes text, links that act lead nowhere,
    pictures from elsewhere become links. Blocks of code are left as they are."""
    return "\n".join("\n".join(lines) if code else _inert("\n".join(lines)) for code, lines in _blocks(text.split("\n")))


def _blocks(lines):
    """The lines in turns of text and code. A fence counts only where every viewer sees one: at the margin, not within HTML,
    and with its end."""
    turn, at = [], 0
    while at < len(lines):
        opened = None if any("<" in line for line in _paragraph(turn)) else FENCE.match(lines[at])
        end = next((i for i in range(at + 1, len(lines)) if opened and _closes(lines[i], opened.group(1))), None)
        if end is None:
            turn.append(lines[at])
            at += 1
            continue
        if turn:
            yield False, turn
        yield True, lines[at : end + 1]
        turn, at = [], end + 1
    if turn:
        yield False, turn


def _paragraph(lines):
    """The lines at the end since the last empty one."""
    return itertools.takewhile(str.strip, reversed(lines))


def _closes(line, fence):
    bare = line.strip()
    return len(line) - len(line.lstrip(" ")) < 4 and len(bare) >= len(fence) and set(bare) == {fence[0]}


def _inert(text):
    text = OTHER_FENCE.sub(r"\1\\\2", text)
    safe = ACTING_LINK.sub("](#", FOREIGN_TAG.sub("&lt;", text))
    return ACTING_PLACE.sub(r"\1\[", FOREIGN_IMAGE.sub(r"\!", safe))


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
            yield {"kind": "markdown", "text": NO_FORMULA.sub(r"\1", data["text/markdown"])}
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
    """One of our charts in line; should there be anything in it that ours don't have, as an `img`."""
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        root = None
    if root is None or root.tag != f"{SVG_SPACE}svg" or not all(map(_inert_element, root.iter())):
        return picture({"type": SVG, "data": svg, "alt": alt})
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)


def _inert_element(element):
    if not isinstance(element.tag, str) or element.tag.removeprefix(SVG_SPACE) not in CHART_TAGS:
        return False
    if element.tag == f"{SVG_SPACE}style" and LOADING.search(element.text or ""):
        return False
    return not any(ACTING.search(name) or LOADING.search(value) for name, value in element.attrib.items() if name != "aria-label")


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


def asset_hash(name):
    """The hash of a file of `lib/report/assets`, as a content security policy wants it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(asset(name).encode()).digest()).decode()


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
    "report_asset_hash": asset_hash,
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
