// Draws every chart on the page from its JSON, in the page's colours, and again when those change.

const drawn = new Map();

function engine(address) {
  if (window.echarts) return Promise.resolve(window.echarts);
  window.vonkECharts ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return window.vonkECharts;
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function options(chart) {
  const muted = token("--v-muted");
  const line = token("--v-line");
  const bars = chart.kind !== "line";
  const colours = ["--v-chart-1", "--v-chart-2", "--v-chart-3", "--v-chart-4", "--v-chart-5", "--v-chart-6", "--v-chart-7"].map(token);
  const axis = (position) => ({
    type: "value",
    position,
    axisLabel: { color: muted, fontSize: 11 },
    splitLine: { show: position === "left", lineStyle: { color: line } },
  });
  return {
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    color: colours,
    textStyle: { fontFamily: token("--v-font") },
    grid: { left: 8, right: 8, top: chart.series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
    legend: {
      show: chart.series.length > 1,
      type: "scroll", // One line, however many series and however narrow the screen.
      top: 0,
      left: 0,
      icon: "circle",
      itemWidth: 8,
      itemHeight: 8,
      textStyle: { color: muted, fontSize: 12 },
    },
    tooltip: {
      trigger: "axis",
      renderMode: "richText", // No HTML from values.
      backgroundColor: token("--v-surface"),
      borderColor: line,
      textStyle: { color: token("--v-ink"), fontSize: 12 },
      formatter: (points) =>
        [points[0].axisValueLabel, ...points.map((p) => `${p.seriesName}  ${chart.series[p.seriesIndex].texts[p.dataIndex]}`)].join("\n"),
    },
    xAxis: {
      type: "category",
      data: chart.labels,
      boundaryGap: bars,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: line } },
      axisLabel: { color: muted, fontSize: 11, hideOverlap: true, showMinLabel: true, showMaxLabel: true, alignMinLabel: "left", alignMaxLabel: "right" },
    },
    yAxis: chart.series.some((series) => series.second_axis) ? [axis("left"), axis("right")] : [axis("left")],
    series: chart.series.map((series, position) => ({
      name: series.name,
      data: series.values,
      type: bars && !series.beside ? "bar" : "line",
      stack: chart.kind === "stacked" && !series.beside ? "all" : undefined,
      yAxisIndex: series.second_axis ? 1 : 0,
      smooth: false, // A curve would show values that were never measured.
      showSymbol: series.values.length < 2,
      lineStyle: series.beside ? { width: 1.5, type: "dashed", color: muted } : { width: 2.25 },
      barMaxWidth: 28,
      itemStyle: series.beside ? { color: muted } : bars && chart.kind !== "stacked" ? { borderRadius: [4, 4, 0, 0] } : {},
      areaStyle: !bars && position === 0 ? { opacity: 0.1 } : undefined,
    })),
  };
}

async function draw(box) {
  const chart = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const echarts = await engine(box.dataset.echarts);
  drawn.get(box)?.dispose();
  const picture = echarts.init(box, null, { renderer: "svg" });
  picture.setOption(options(chart));
  drawn.set(box, picture);
}

function drawAll() {
  for (const box of drawn.keys()) {
    if (!box.isConnected) {
      drawn.get(box).dispose();
      drawn.delete(box);
    }
  }
  document.querySelectorAll("[data-chart]").forEach(draw);
}

window.addEventListener("vonk:theme", drawAll);
window.addEventListener("resize", () => drawn.forEach((picture) => picture.resize()));
document.addEventListener("htmx:afterSettle", drawAll);
drawAll();
