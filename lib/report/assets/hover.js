/** What a chart says of the mark that the pointer is on or near: the texts of its `<title>`s, at once and for fingers too. */
(() => {
  const reach = 14;
  const box = document.createElement("div");
  box.className = "about";
  box.hidden = true;
  document.body.append(box);
  for (const title of document.querySelectorAll(".fmb-chart title")) {
    title.parentNode.dataset.about = title.textContent;
    title.remove();
  }
  let marked = null;

  const nearest = (chart, x, y) => {
    let [found, least] = [null, reach];
    for (const mark of chart.querySelectorAll("[data-about]")) {
      const { left, top, width, height } = mark.getBoundingClientRect();
      const distance = Math.hypot(left + width / 2 - x, top + height / 2 - y);
      if (distance < least) [found, least] = [mark, distance];
    }
    return found;
  };
  const mark = (next) => {
    if (next === marked) return;
    marked?.classList.remove("pointed");
    next?.classList.add("pointed");
    marked = next;
    box.hidden = next === null;
    box.textContent = next?.dataset.about ?? "";
  };
  const point = ({ target, clientX, clientY }) => {
    const chart = target instanceof Element ? target.closest(".fmb-chart") : null;
    mark(chart && (target.closest("[data-about]") ?? nearest(chart, clientX, clientY)));
    if (marked === null) return;
    const { offsetWidth, offsetHeight } = box;
    const { clientWidth, clientHeight } = document.documentElement;
    const left = Math.min(clientX + 14, clientWidth - offsetWidth - 8);
    const above = clientY + 18 + offsetHeight > clientHeight - 8;
    box.style.left = `${Math.max(8, left)}px`;
    box.style.top = `${above ? Math.max(8, clientY - 14 - offsetHeight) : clientY + 18}px`;
  };
  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);
  document.addEventListener("scroll", () => mark(null), { capture: true, passive: true });
  document.addEventListener("keydown", ({ key }) => key === "Escape" && mark(null));
})();
