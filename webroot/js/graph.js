// Small graphs by uPlot, in the page's colours.
import uPlot from "/vendor/uplot/uPlot.esm.js";
import { h, write } from "./dom.js";
import { percent } from "./format.js";
import { themeChanged } from "./theme-switch.js";

const HEIGHT = 92;
const WINDOW_SECONDS = 300;

/** Steps that are whole numbers in the units of their format. */
const BINARY_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const scale = (most) => ({ range: (plot, low, high) => [0, Math.max(most, (high ?? 0) * 1.15)] });

/**
 * A graph with its newest values as text, for who does not see it.
 *
 * @param series `[{ name, label, colour: "--graph-a", fill: true }]`
 * @param format of a value
 * @param most what the scale shows at least
 */
export class Graph {
  element;
  #plot = null;
  #box = h("div", { class: "graph-box", ariaHidden: "true" });
  #values;
  #series;
  #format;
  #most;
  #columns = [[]];
  #ends = [];

  constructor(title, series, format, most) {
    this.#series = series;
    this.#format = format;
    this.#most = most;
    this.#values = series.map((one) => h("span", { class: "graph-value" }, "–"));
    const legend = series.map((one, i) =>
      h("span", { class: "graph-label", data: { colour: one.colour } }, series.length > 1 ? `${one.label} ` : "", this.#values[i]),
    );
    this.element = h(
      "figure",
      { class: "graph", role: "group", ariaLabel: title },
      h("figcaption", {}, h("span", { class: "graph-title" }, title), h("span", { class: "graph-legend" }, legend)),
      this.#box,
    );
    const observer = new ResizeObserver(() => this.#fit());
    observer.observe(this.#box);
    this.#ends.push(() => observer.disconnect(), themeChanged.listen(() => this.#make()));
  }

  show(columns) {
    this.#columns = columns;
    columns.slice(1).forEach((column, i) => {
      const value = column.at(-1);
      write(this.#values[i], value === undefined || value === null ? "–" : this.#format(value));
    });
    if (this.#plot) {
      this.#plot.setData(this.#data());
    } else if (this.#box.isConnected && this.#box.clientWidth > 0) {
      this.#make();
    }
  }

  #data() {
    return this.#columns[0].length > 0 ? this.#columns : [[Date.now() / 1000], ...this.#series.map(() => [null])];
  }

  #fit() {
    if (this.#box.clientWidth > 0 && this.#plot) {
      this.#plot.setSize({ width: this.#box.clientWidth, height: HEIGHT });
    } else if (this.#box.clientWidth > 0) {
      this.#make();
    }
  }

  #make() {
    this.#plot?.destroy();
    this.#plot = new uPlot(
      {
        width: Math.max(40, this.#box.clientWidth),
        height: HEIGHT,
        cursor: { show: false },
        legend: { show: false },
        padding: [6, 16, 0, 0],
        scales: { x: { time: true, range: () => [Date.now() / 1000 - WINDOW_SECONDS, Date.now() / 1000] }, y: scale(this.#most) },
        axes: [
          { size: 20, values: (plot, splits) => splits.map((time) => CLOCK.format(time * 1000)), stroke: colour("--muted"), font: "10px system-ui, sans-serif", grid: { show: false }, ticks: { show: false }, space: 70 },
          {
            size: 58,
            stroke: colour("--muted"),
            font: "10px system-ui, sans-serif",
            grid: { stroke: colour("--line"), width: 1 },
            ticks: { show: false },
            values: (plot, splits) => splits.map((value) => this.#format(value)),
            incrs: this.#format === percent ? undefined : BINARY_STEPS,
            space: 28,
          },
        ],
        series: [{}, ...this.#series.map((one) => this.#line(one))],
      },
      this.#data(),
      this.#box,
    );
  }

  #line(one) {
    return {
      label: one.label,
      stroke: colour(one.colour),
      width: 1.5,
      fill: one.fill ? `${colour(one.colour)}22` : undefined,
      points: { show: false },
      spanGaps: false,
    };
  }

  close() {
    this.#ends.forEach((end) => end());
    this.#plot?.destroy();
  }
}
