/**
 * The data_visualization block: pie, bar, line and area charts, each with the same figures as a table for readers.
 * https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
 */
import { h, svg } from "../base/dom.js";

const [HIGH, LEFT, BOTTOM, TOP] = [240, 46, 30, 10];
/** Drawn narrower on a phone, so that its letters stay readable. */
const width = () => (matchMedia("(max-width: 640px)").matches ? 330 : 560);

/** @param {any} block */
export function chart(block) {
  const { chart: data, title } = block;
  const pie = data.type === "pie";
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", { class: "chart__title" }, title),
    h(
      "div",
      { class: pie ? "chart__pie" : "chart__plot" },
      pie ? drawPie(data, title) : drawPlot(data, title),
      legend(
        pie ? data.segments.map((one) => `${one.label} · ${short(one.value)}`) : data.series.map((one) => one.name),
      ),
    ),
    figures(data, title),
  );
}

function legend(names) {
  if (names.length < 2) return null;
  return h(
    "ul",
    { class: "chart__legend", "aria-hidden": "true" },
    names.map((name, index) => h("li", null, h("span", { class: `chart__key chart--${index % 12}` }), name)),
  );
}

/** The figures for people who listen. */
function figures(data, title) {
  if (data.type === "pie")
    return h(
      "table",
      { class: "sr-only" },
      h("caption", null, title),
      data.segments.map((one) => h("tr", null, h("th", { scope: "row" }, one.label), h("td", null, one.value))),
    );
  const { categories } = data.axis_config;
  return h(
    "table",
    { class: "sr-only" },
    h("caption", null, title),
    h(
      "tr",
      null,
      h("td"),
      categories.map((one) => h("th", { scope: "col" }, one)),
    ),
    data.series.map((one) =>
      h(
        "tr",
        null,
        h("th", { scope: "row" }, one.name),
        one.data.map((point) => h("td", null, point.value)),
      ),
    ),
  );
}

function short(value) {
  return new Intl.NumberFormat("en-US", {
    notation: Math.abs(value) >= 10000 ? "compact" : "standard",
    maximumFractionDigits: 2,
  }).format(value);
}

function drawPie({ segments }, title) {
  const total = segments.reduce((sum, one) => sum + one.value, 0);
  const at = (share, radius) =>
    [100 + radius * Math.sin(share * 2 * Math.PI), 100 - radius * Math.cos(share * 2 * Math.PI)]
      .map((one) => one.toFixed(2))
      .join(" ");
  let from = 0;
  const slices = segments.map((one, index) => {
    const to = from + one.value / total;
    const big = to - from > 0.5 ? 1 : 0;
    // A whole circle cannot be drawn as one arc.
    const end = Math.min(to, from + 0.9999);
    const path = `M${at(from, 92)}A92 92 0 ${big} 1 ${at(end, 92)}L${at(end, 54)}A54 54 0 ${big} 0 ${at(from, 54)}Z`;
    from = to;
    return svg(
      "path",
      { d: path, class: `chart--${index % 12}` },
      svg("title", null, `${one.label}: ${short(one.value)} (${Math.round((one.value / total) * 100)} %)`),
    );
  });
  return svg("svg", { viewBox: "0 0 200 200", class: "chart__svg", role: "img", "aria-label": title }, slices);
}

function ticks(low, high) {
  const rough = (high - low || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough) * power;
  const from = Math.floor(low / step);
  const to = Math.max(from + 1, Math.ceil(high / step));
  return Array.from({ length: to - from + 1 }, (_, index) => (from + index) * step);
}

function drawPlot({ type, series, axis_config: axis }, title) {
  const values = series.flatMap((one) => one.data.map((point) => point.value));
  const marks = ticks(Math.min(0, ...values), Math.max(0, ...values));
  const [low, high] = [marks[0], marks.at(-1)];
  const y = (value) => TOP + (1 - (value - low) / (high - low)) * (HIGH - TOP - BOTTOM);
  const wide = width();
  const band = (wide - LEFT - 8) / axis.categories.length;
  const middle = (index) => LEFT + band * (index + 0.5);
  const draw = type === "bar" ? bars : lines;
  const every = Math.ceil(axis.categories.length / (wide > 400 ? 10 : 6));
  return svg(
    "svg",
    { viewBox: `0 0 ${wide} ${HIGH + (axis.x_label ? 16 : 0)}`, class: "chart__svg", role: "img", "aria-label": title },
    marks.map((one) => [
      svg("line", { x1: LEFT, x2: wide - 8, y1: y(one), y2: y(one), class: one === 0 ? "chart__zero" : "chart__grid" }),
      svg("text", { x: LEFT - 8, y: y(one) + 4, class: "chart__tick", "text-anchor": "end" }, short(one)),
    ]),
    axis.categories.map((name, index) =>
      index % every
        ? null
        : svg("text", { x: middle(index), y: HIGH - BOTTOM + 18, class: "chart__tick", "text-anchor": "middle" }, name),
    ),
    axis.x_label
      ? svg("text", { x: (LEFT + wide) / 2, y: HIGH + 12, class: "chart__tick", "text-anchor": "middle" }, axis.x_label)
      : null,
    axis.y_label
      ? svg(
          "text",
          {
            x: 10,
            y: HIGH / 2,
            class: "chart__tick",
            "text-anchor": "middle",
            transform: `rotate(-90 10 ${HIGH / 2})`,
          },
          axis.y_label,
        )
      : null,
    draw({ series, y, band, middle, area: type === "area" }),
  );
}

function bars({ series, y, band, middle }) {
  const each = Math.min(36, (band * 0.72) / series.length);
  return series.map((one, which) =>
    one.data.map((point, index) => {
      const x = middle(index) + (which - series.length / 2) * each;
      const top = Math.min(y(point.value), y(0));
      return svg(
        "rect",
        {
          x: x + 1,
          y: top,
          width: Math.max(1, each - 2),
          height: Math.max(1, Math.abs(y(point.value) - y(0))),
          rx: 2,
          class: `chart--${which % 12}`,
        },
        svg("title", null, `${one.name}, ${point.label}: ${short(point.value)}`),
      );
    }),
  );
}

function lines({ series, y, middle, area }) {
  return series.map((one, which) => {
    const path = one.data
      .map((point, index) => `${index ? "L" : "M"}${middle(index).toFixed(1)} ${y(point.value).toFixed(1)}`)
      .join("");
    const closed = `${path}L${middle(one.data.length - 1).toFixed(1)} ${y(0)}L${middle(0).toFixed(1)} ${y(0)}Z`;
    return [
      area ? svg("path", { d: closed, class: `chart__area chart--${which % 12}` }) : null,
      svg("path", { d: path, class: `chart__line chart--${which % 12}` }),
      one.data.map((point, index) =>
        svg(
          "circle",
          { cx: middle(index), cy: y(point.value), r: 3, class: `chart--${which % 12}` },
          svg("title", null, `${one.name}, ${point.label}: ${short(point.value)}`),
        ),
      ),
    ];
  });
}
