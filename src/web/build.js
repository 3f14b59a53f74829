// Bundles styles, scripts and icons into src/Tuopin/wwwroot/assets. Each file carries a hash in its name; a gzip and a brotli copy lie beside it.
import { build } from 'esbuild'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { PurgeCSS } from 'purgecss'

const here = fileURLToPath(new URL('.', import.meta.url))
const program = join(here, '../Tuopin')
const out = join(program, 'wwwroot/assets')
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

const sources = files(program, ['.razor', '.cs']).concat(files(join(here, 'src'), ['.ts']))
const names = {}

function files(folder, endings) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(f => f.isFile() && endings.includes(extname(f.name)) && !/node_modules|Migrations|wwwroot/.test(f.parentPath))
    .map(f => join(f.parentPath, f.name))
}

function keep(name, content, hashed = true) {
  const bytes = Buffer.from(content)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10)
  const stored = hashed ? `${basename(name, extname(name))}.${hash}${extname(name)}` : name
  writeFileSync(join(out, stored), bytes)
  writeFileSync(join(out, stored + '.gz'), gzipSync(bytes, { level: 9 }))
  writeFileSync(join(out, stored + '.br'), brotliCompressSync(bytes))
  names[name] = stored
}

// Scripts: htmx and our own in one file; charts in another that pages load when a chart comes into view.
for (const entry of ['main', 'charts']) {
  const result = await build({
    entryPoints: [join(here, `src/${entry}.ts`)],
    bundle: true,
    format: 'esm',
    minify: true,
    target: 'es2022',
    legalComments: 'none',
    write: false,
  })
  keep(`${entry}.js`, result.outputFiles[0].contents)
}

// Styles: what pages use of Tabler, and ours after it.
const purged = await new PurgeCSS().purge({
  content: sources,
  css: [join(here, 'node_modules/@tabler/core/dist/css/tabler.min.css')],
  safelist: { standard: [/^htmx-/, 'html', 'body', 'dark', 'light'], variables: [] },
  variables: true,
  keyframes: true,
  fontFace: true,
})
// Who chose no theme gets the dark colours when the browser prefers them: the same block, under a media query.
const own = readFileSync(join(here, 'src/main.css'), 'utf8')
const dark = own.match(/^\[data-bs-theme='dark'\] \{[^}]*\}/m)[0]
const preferred = `@media (prefers-color-scheme: dark) { ${dark.replace("[data-bs-theme='dark']", 'html:not([data-bs-theme])')} }`
const styles = await build({
  stdin: { contents: purged[0].css + own + preferred, loader: 'css', resolveDir: here },
  bundle: true,
  minify: true,
  write: false,
  target: 'es2022',
})
keep('main.css', styles.outputFiles[0].contents)

// Icons: one sprite of those whose names stand in quotes in the sources.
const used = new Set(sources.flatMap(f => [...readFileSync(f, 'utf8').matchAll(/"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)"/g)].map(m => m[1])))
const folder = join(here, 'node_modules/@tabler/icons/icons/outline')
const known = new Set(readdirSync(folder).map(f => basename(f, '.svg')))
const symbols = [...used]
  .filter(n => known.has(n))
  .sort()
  .map(n => {
    const inner = readFileSync(join(folder, `${n}.svg`), 'utf8').replace(/<!--[\s\S]*?-->/g, '').replace(/<\/?svg[^>]*>/g, '').trim()
    return `<symbol id="${n}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`
  })
keep('icons.svg', `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`)
keep('icon.svg', readFileSync(join(here, 'src/icon.svg')))

writeFileSync(join(out, 'assets.json'), JSON.stringify(names, null, 2))
for (const [name, stored] of Object.entries(names)) {
  const bytes = readFileSync(join(out, stored)).length
  const packed = readFileSync(join(out, stored + '.br')).length
  console.log(`${name.padEnd(10)} ${String(bytes).padStart(8)} B  ${String(packed).padStart(8)} B brotli`)
}
