// Charts by ECharts, drawn from the table they stand beside: <div data-chart="line|bar|stack" data-table="ID">.
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer])

const drawn = new Map<HTMLElement, echarts.ECharts>()

export function draw(place: HTMLElement) {
  const table = document.getElementById(place.dataset.table!) as HTMLTableElement
  const heads = [...table.tHead!.rows[0].cells].map(c => c.textContent!.trim())
  const rows = [...table.tBodies[0].rows].map(r => [...r.cells].map(c => c.dataset.value ?? c.textContent!.trim()))
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const kind = place.dataset.chart!
  drawn.get(place)?.dispose()
  const chart = echarts.init(place, undefined, { renderer: 'canvas' })
  drawn.set(place, chart)
  const text = colour('--tblr-body-color')
  const line = colour('--tblr-border-color')
  // The last column of "bar-line" is a rate with an axis of its own.
  const series = heads.slice(1).map((name, i) => {
    const rate = kind === 'bar-line' && i === heads.length - 2
    return {
      name,
      type: kind === 'line' || rate ? ('line' as const) : ('bar' as const),
      stack: kind === 'stack' ? 'all' : undefined,
      yAxisIndex: rate ? 1 : 0,
      data: rows.map(r => Number(r[i + 1])),
    }
  })
  chart.setOption({
    animation: false,
    aria: { enabled: true },
    color: ['--chart-1', '--chart-2', '--chart-3', '--chart-4', '--chart-5'].map(colour),
    textStyle: { color: text },
    // The tooltip as a picture: as markup it carries styles of its own, which the content policy refuses.
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    legend: { textStyle: { color: text }, top: 0 },
    grid: { left: 8, right: 8, bottom: 8, top: 40, containLabel: true },
    xAxis: { type: 'category', data: rows.map(r => r[0]), axisLabel: { color: text }, axisLine: { lineStyle: { color: line } } },
    yAxis: [0, 1].slice(0, kind === 'bar-line' ? 2 : 1).map(i => ({ type: 'value', axisLabel: { color: text }, splitLine: { show: i === 0, lineStyle: { color: line } } })),
    series,
  })
}

new MutationObserver(() => drawn.forEach((_, place) => draw(place))).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] })
new ResizeObserver(() => drawn.forEach(chart => chart.resize())).observe(document.body)
