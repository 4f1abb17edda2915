// Charts of boards. Colours come from the sheet's tokens at draw time, so that dark and light need no second set.
// Under the strict style policy ECharts must not write style attributes into markup: tooltips use renderMode 'richText'.
(() => {
  'use strict';
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = new Map();

  const base = () => ({
    textStyle: { fontFamily: css('--font'), fontSize: 12, color: css('--text-2') },
    animation: false,
    tooltip: {
      renderMode: 'richText', trigger: 'axis', confine: true, backgroundColor: css('--surface'), borderColor: css('--line-2'),
      textStyle: { color: css('--text'), fontSize: 12 },
    },
  });

  // A share against its target: a line, and below it the rows that did not make it as bars.
  const share = (data, width) => {
    const percent = data.percent.map((text) => (text === null ? null : Number(text)));
    const target = Number(data.target);
    const told = percent.filter((value) => value !== null);
    const low = Math.max(0, Math.floor((Math.min(...told, target) - 15) / 10) * 10);
    const step = low >= 80 ? 5 : low >= 50 ? 10 : 20;
    const most = Math.max(...data.late, 1);
    const faint = css('--text-3');
    const line = css('--line');
    const last = percent.findLastIndex((value) => value !== null);
    const blue = css('--c1');
    const right = 74;
    const bars = (width - 40 - right) / data.names.length >= 28; // else the figures run into each other; the table has them
    return {
      ...base(),
      grid: { left: 40, right, top: 18, bottom: 24 },
      xAxis: {
        type: 'category', data: data.names, axisLine: { lineStyle: { color: line } }, axisTick: { show: false },
        axisLabel: { color: faint, fontSize: 11 },
      },
      yAxis: [
        { min: Math.ceil(low / step) * step - (low % step ? step : 0), max: 100, interval: step, axisLabel: { color: faint, formatter: '{value}%', fontSize: 11 }, splitLine: { lineStyle: { color: line } } },
        { max: most * 3.6, show: false },
      ],
      series: [
        {
          type: 'bar', yAxisIndex: 1, name: data.words.late, data: data.late, barMaxWidth: 14,
          itemStyle: { color: css('--line-2'), borderRadius: [2, 2, 0, 0] },
          label: { show: bars, position: 'top', color: faint, fontSize: 11, formatter: (at) => (at.value ? at.value : '') },
        },
        {
          type: 'line', name: data.words.share, data: percent, symbol: 'circle', symbolSize: 5, connectNulls: true,
          lineStyle: { width: 2, color: blue }, itemStyle: { color: blue },
          label: {
            show: true, position: 'right', distance: 6, color: css('--text'), fontWeight: 600,
            formatter: (at) => (at.dataIndex === last ? `${at.value}%` : ''),
          },
          markLine: {
            silent: true, symbol: 'none', data: [{ yAxis: target }], lineStyle: { color: faint, type: [4, 4], width: 1 },
            label: { formatter: data.words.target, position: 'end', color: faint, fontSize: 11 },
          },
        },
      ],
    };
  };
  const kinds = { share };

  const show = (chart, box) => chart.setOption(kinds[box.dataset.chart](JSON.parse(box.dataset.figures), box.clientWidth));

  const draw = () => {
    drawn.forEach((chart, box) => { if (!box.isConnected) { chart.dispose(); drawn.delete(box); } });
    document.querySelectorAll('[data-chart]').forEach((box) => {
      const data = JSON.parse(box.dataset.figures);
      if (drawn.has(box)) drawn.get(box).dispose();
      const chart = echarts.init(box, null, { renderer: 'svg' });
      show(chart, box);
      chart.on('click', (at) => { if (data.rows[at.dataIndex]) location.href = data.rows[at.dataIndex]; });
      drawn.set(box, chart);
    });
  };

  // The letters of a tile's menu, for the tile under the pointer or with the focus.
  const letters = { d: 'zoom-in', f: 'filter', c: 'arrows-diff' };
  document.addEventListener('keydown', (event) => {
    if (document.documentElement.dataset.keys === 'off' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('input, select, textarea, dialog')) return;
    const icon = letters[event.key];
    const tile = icon && (event.target.closest('#tiles .card') || document.querySelector('#tiles .card:hover'));
    const link = tile && [...tile.querySelectorAll('.menu a')].find((one) => one.querySelector(`use[href$="#i-${icon}"]`));
    if (link) { event.preventDefault(); link.click(); }
  });
  // A right click on a tile opens its menu.
  document.addEventListener('contextmenu', (event) => {
    const tile = event.target.closest('#tiles .card');
    if (!tile || event.target.closest('a, table') || event.shiftKey) return;
    const menu = tile.querySelector('details.menu');
    if (menu) { event.preventDefault(); menu.open = true; menu.querySelector('a')?.focus(); }
  });

  draw();
  document.addEventListener('themechange', draw);
  document.addEventListener('htmx:afterSettle', draw);
  window.addEventListener('resize', () => drawn.forEach((chart, box) => { chart.resize(); show(chart, box); }));
})();
