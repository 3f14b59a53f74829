// What every page runs: partial updates by htmx, menus that close, results told to screen readers, charts loaded when they come into view.
import htmx from 'htmx.org'

Object.assign(window, { htmx })

// Menus are <details>: one open at a time, Escape and a click elsewhere close it.
document.addEventListener('click', event => {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details.menu[open]'))
    if (!menu.contains(event.target as Node)) menu.open = false
})
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details.menu[open]')) {
    menu.open = false
    menu.querySelector('summary')?.focus()
  }
})

// Empty fields stay out of addresses.
document.addEventListener('submit', event => {
  const form = event.target as HTMLFormElement
  if (form.method !== 'get') return
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input[name], select[name]')) if (field.value === '') field.disabled = true
  setTimeout(() => form.querySelectorAll<HTMLInputElement>(':disabled[name]').forEach(f => (f.disabled = false)), 0)
})
document.addEventListener('htmx:configRequest', event => {
  const { parameters, verb } = (event as CustomEvent).detail
  // A field that was emptied is a word of its own where something is sent.
  if (verb !== 'get') return
  for (const key of Object.keys(parameters)) if (parameters[key] === '') delete parameters[key]
})

// A preference set, or a place picked, comes back to the page as it is now: filters may have changed the address since it was drawn.
document.addEventListener('submit', event => {
  for (const field of (event.target as HTMLElement).querySelectorAll<HTMLInputElement>('input[data-here]')) field.value = location.pathname + location.search
})

// A part that is fetched dims after a while; one that asks again by itself does not.
const polls = (asking: Element) => asking.getAttribute('hx-trigger')?.startsWith('every') === true
document.addEventListener('htmx:beforeRequest', event => {
  const { elt, target } = (event as CustomEvent).detail
  if (target instanceof Element && !polls(elt)) target.classList.add('loading')
})
document.addEventListener('htmx:afterRequest', event => {
  const { target, successful } = (event as CustomEvent).detail
  if (target instanceof Element) target.classList.remove('loading')
  if (successful) trouble.hidden = true
})

// A part of a page that came in says what it is: <... data-status="37 户">. Where the swap took what had the focus, the part takes it.
let focused = false
document.addEventListener('htmx:beforeSwap', event => {
  focused = ((event as CustomEvent).detail.target as Element).contains(document.activeElement)
})
document.addEventListener('htmx:afterSwap', event => {
  const part = (event as CustomEvent).detail.elt
  if (!(part instanceof HTMLElement)) return
  const said = part.matches('[data-status]') ? part : part.querySelector<HTMLElement>('[data-status]')
  const region = document.getElementById('status')
  if (said && region) region.textContent = said.dataset.status ?? ''
  if (focused && document.activeElement === document.body) {
    part.tabIndex = -1
    part.focus({ preventScroll: true })
  }
  focused = false
  watchCharts(part)
})

// What did not come says so where everybody sees it, with the server's reason where there is one.
const trouble = document.getElementById('trouble')!
let again: (() => void) | undefined
function tell(event: Event, text: string) {
  const { elt, target, requestConfig, pathInfo } = (event as CustomEvent).detail
  again = polls(elt) ? undefined : () => void htmx.ajax(requestConfig.verb, pathInfo.requestPath, { source: elt, target })
  trouble.querySelector('p')!.textContent = text
  trouble.querySelector<HTMLElement>('[data-retry]')!.hidden = !again
  trouble.hidden = false
}
document.addEventListener('htmx:responseError', event => {
  const page = new DOMParser().parseFromString((event as CustomEvent).detail.xhr.responseText, 'text/html')
  tell(event, page.querySelector('main p')?.textContent || trouble.dataset.refused!)
})
for (const name of ['htmx:sendError', 'htmx:timeout']) document.addEventListener(name, event => tell(event, trouble.dataset.unreachable!))
trouble.addEventListener('click', event => {
  const button = (event.target as Element).closest('button')
  if (!button) return
  trouble.hidden = true
  if (button.matches('[data-retry]')) again?.()
})

// Charts read the table beside them and load their library only when they are seen.
const seen = new IntersectionObserver(entries => {
  for (const entry of entries.filter(e => e.isIntersecting)) {
    seen.unobserve(entry.target)
    import(/* @vite-ignore */ document.body.dataset.charts!).then(charts => charts.draw(entry.target as HTMLElement))
  }
})
function watchCharts(root: ParentNode) {
  root.querySelectorAll<HTMLElement>('[data-chart]').forEach(c => seen.observe(c))
}
watchCharts(document)

// Rows of cards are links as a whole; buttons print.
document.addEventListener('click', event => {
  const target = event.target as HTMLElement
  if (target.closest('[data-print]')) window.print()
})

// Photos are sent with a bar that fills; without script the form sends itself.
document.addEventListener('submit', event => {
  const form = event.target as HTMLFormElement
  if (!form.matches('[data-upload]')) return
  event.preventDefault()
  const [bar, button] = [form.querySelector('progress')!, form.querySelector<HTMLButtonElement>('button[type=submit]')!]
  const sending = new XMLHttpRequest()
  const stop = (text: string) => {
    bar.hidden = true
    button.disabled = false
    trouble.querySelector('p')!.textContent = text
    trouble.querySelector<HTMLElement>('[data-retry]')!.hidden = true
    trouble.hidden = false
  }
  sending.upload.onprogress = e => e.lengthComputable && (bar.value = (100 * e.loaded) / e.total)
  sending.onload = () => {
    if (sending.status < 400) return location.reload()
    const page = new DOMParser().parseFromString(sending.responseText, 'text/html')
    stop([page.querySelector('main p'), ...page.querySelectorAll('main li')].map(p => p?.textContent).join(' ').trim() || trouble.dataset.refused!)
  }
  sending.onerror = () => stop(trouble.dataset.unreachable!)
  button.disabled = true
  bar.hidden = false
  sending.open('POST', form.action)
  sending.setRequestHeader('Accept', 'text/html')
  sending.send(new FormData(form))
})

// A slider says its number while it is dragged.
document.addEventListener('input', event => {
  const slider = event.target as HTMLInputElement
  const said = slider.dataset.output && document.getElementById(slider.dataset.output)
  if (said) said.textContent = slider.value
})

// A form that is followed asks at the first change, then at most this often, and always once more after the last: a throttle of htmx would drop what it ends with.
const pace = 150
const waiting = new Map<HTMLFormElement, boolean>()
function ask(form: HTMLFormElement) {
  waiting.set(form, false)
  form.dispatchEvent(new CustomEvent('follow'))
  setTimeout(() => {
    const more = waiting.get(form)
    waiting.delete(form)
    if (more) ask(form)
  }, pace)
}
document.addEventListener('input', event => {
  const form = (event.target as HTMLElement).closest<HTMLFormElement>('form[data-follow]')
  if (form && waiting.has(form)) waiting.set(form, true)
  else if (form) ask(form)
})

// A map, of tiles or of outlines, is one stop of the tabulator; arrows walk through it.
function rove(root: ParentNode) {
  for (const map of root.querySelectorAll<HTMLElement>('[data-roving]'))
    map.querySelectorAll<HTMLElement>('.tile, .place').forEach((tile, i) => (tile.tabIndex = i === 0 ? 0 : -1))
}
rove(document)
document.addEventListener('htmx:afterSettle', () => rove(document))
document.addEventListener('keydown', event => {
  const tile = event.target as HTMLElement
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 2, ArrowUp: -2 }[event.key]
  if (!step || !tile.matches('[data-roving] .tile, [data-roving] .place')) return
  const map = tile.closest('[data-roving]')!
  const all = [...map.querySelectorAll<HTMLElement>('.tile, .place')]
  // Up and down go to the nearest tile of the row above or beneath.
  const box = tile.getBoundingClientRect()
  const other = (t: HTMLElement) => (t.getBoundingClientRect().top - box.top) * Math.sign(step) > 4
  const near = (t: HTMLElement) => Math.abs(t.getBoundingClientRect().top - box.top) * 1000 + Math.abs(t.getBoundingClientRect().left - box.left)
  const next = Math.abs(step) === 1 ? all[all.indexOf(tile) + step] : all.filter(other).sort((a, b) => near(a) - near(b))[0]
  if (!next) return
  event.preventDefault()
  tile.tabIndex = -1
  next.tabIndex = 0
  next.focus()
})
