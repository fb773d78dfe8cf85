// Charts from the data beside them; a bar leads to the quotes behind it. The tables below say the same.
"use strict";

const short = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });
const look = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
document.querySelectorAll("[data-chart]").forEach((box) => {
  const chart = JSON.parse(box.dataset.chart);
  const names = JSON.parse(box.dataset.names);
  const line = chart.kind === "line";
  const several = chart.items[0].values.length > 1;
  const items = line ? chart.items : [...chart.items].reverse(); // bars grow upwards, the largest comes first
  if (!line) box.style.minHeight = `${Math.max(8, 3.5 + items.length * (several ? 2.4 : 1.6))}rem`;
  const view = echarts.init(box);
  const draw = () => {
    const text = { color: look("--soft"), fontFamily: look("--sans") };
    const category = {
      type: "category",
      data: items.map((each) => each.name),
      axisLabel: { ...text, width: line ? 60 : Math.min(170, box.clientWidth * 0.36), overflow: "truncate" },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: look("--line") } },
      triggerEvent: true,
    };
    const value = {
      type: "value",
      axisLabel: { ...text, hideOverlap: true, formatter: (each) => short.format(each) },
      splitLine: { lineStyle: { color: look("--line") } },
    };
    const colours = several ? [look("--issues"), look("--measures")] : [look("--statistics")];
    view.setOption({
      animation: false,
      color: colours,
      textStyle: text,
      grid: { left: 8, right: line ? 16 : 56, top: several ? 30 : 12, bottom: 4, containLabel: true },
      legend: several ? { top: 0, textStyle: text } : undefined,
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: line ? "line" : "shadow" } },
      xAxis: line ? category : value,
      yAxis: line ? value : category,
      series: chart.items[0].values.map((_, i) => ({
        name: several ? names[i] : "",
        type: chart.kind,
        data: items.map((each) => each.values[i]),
        barMaxWidth: 16,
        symbolSize: 8,
        cursor: "pointer",
        label: { show: !line, position: "right", color: look("--soft"), formatter: (each) => short.format(each.value) },
      })),
    });
  };
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => { view.resize(); draw(); }).observe(box);
  view.on("click", (event) => {
    const at = items.find((each) => each.name === (event.componentType === "series" ? event.name : event.value));
    if (at) location.href = at.address;
  });
});
