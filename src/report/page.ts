/** The report as one HTML page: no script, nothing fetched. */
import type { Figure, Origin, Section, Table } from './section.ts'
import type { Plot } from './plot.ts'
import { colourVariables, FONT } from './theme.ts'

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text for an HTML element or a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, character => ESCAPES[character]!)

const STYLE = `
:root { color-scheme: light dark; ${colourVariables()} font: 15px/1.5 ${FONT}; color: var(--text); background: var(--page); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1320px; padding: 20px; }
h1 { font-size: 24px; margin: 0 0 8px; }
h2 { font-size: 18px; margin: 0 0 6px; }
p { margin: 0 0 8px; max-width: 80ch; }
a { color: var(--link); text-underline-offset: 2px; }
.quiet, figcaption, caption { color: var(--quiet); font-size: 13px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0 0 20px; font-size: 14px; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
code { font-family: ui-monospace, monospace; font-size: 13px; }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 20px; align-items: start; }
section { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 16px 20px; min-width: 0; break-inside: avoid; }
.wide { grid-column: 1 / -1; }
.shown { display: flex; flex-wrap: wrap; gap: 16px 32px; }
figure { margin: 8px 0; min-width: 0; max-width: 100%; break-inside: avoid; }
figcaption { margin-bottom: 4px; }
svg { display: block; max-width: 100%; height: auto; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; margin: 8px 0 12px; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 4px; }
th, td { padding: 3px 14px 3px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { color: var(--quiet); font-weight: 500; vertical-align: bottom; white-space: normal; }
th:first-child { text-align: left; font-weight: 500; }
.strong > * { background: var(--page); }
.strong > *, .strong > :first-child { font-weight: 600; }
@media (max-width: 1000px) { main { grid-template-columns: 1fr; } }
@media print {
  :root { color-scheme: light; font-size: 12px; }
  body { max-width: none; padding: 0; }
  main { display: block; }
  section { border: 0; padding: 0 0 12px; }
}`

function tableHtml ({ caption, columns, rows, strong }: Table): string {
  const head = columns.map(column => `<th scope="col">${escapeHtml(column)}</th>`).join('')
  const body = rows.map(([first, ...cells], k) => `<tr${strong?.includes(k) ? ' class="strong"' : ''}><th scope="row">${escapeHtml(first ?? '')}</th>${cells.map(cell => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`).join('\n')
  return `<div class="scroll"><table><caption>${escapeHtml(caption)}</caption>\n<thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table></div>`
}

/** Gives Vega's SVG a name and a description for those who cannot see it. */
function figureHtml ({ title, alternative }: Figure, svg: string, id: string): string {
  const named = svg.replace(/^<svg ([^>]*)>/, (_, attributes: string) =>
    `<svg ${attributes} role="img" aria-labelledby="${id}-title ${id}-description"><title id="${id}-title">${escapeHtml(title)}</title><desc id="${id}-description">${escapeHtml(alternative)}</desc>`)
  return `<figure id="${id}"><figcaption>${escapeHtml(title)}</figcaption>\n${named}</figure>`
}

async function sectionHtml (section: Section, plot: Plot): Promise<string> {
  const figures: string[] = []
  for (const [k, figure] of section.figures.entries()) figures.push(figureHtml(figure, await plot(figure), `${section.id}-${k + 1}`))
  return [
    `<section id="${section.id}"${section.wide ? ' class="wide"' : ''}>`,
    `<h2>${escapeHtml(section.title)}</h2>`,
    ...section.text.map(text => `<p>${escapeHtml(text)}</p>`),
    ...(section.absent === undefined ? [] : [`<p class="absent"><strong>${escapeHtml(section.absent)}</strong></p>`]),
    `<div class="shown">${[...section.tables.map(tableHtml), ...figures].join('\n')}</div>`,
    ...(section.data.rows.length === 0 ? [] : [`<p class="quiet">Data: <a href="${section.data.file}">${section.data.file}</a></p>`]),
    '</section>'
  ].join('\n')
}

/**
 * @param files further data files beside the page, and what they hold
 */
export async function reportPage (
  { title, origin, sections, files }: { title: string, origin: Origin, sections: readonly Section[], files: Readonly<Record<string, string>> }, plot: Plot
): Promise<string> {
  const parts: string[] = []
  for (const section of sections) parts.push(await sectionHtml(section, plot))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}
</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<dl>${origin.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('\n')}</dl>
</header>
<main>
${parts.join('\n')}
<section id="files" class="wide">
<h2>Files</h2>
<p>Every number of this page is in a file beside it, so that the plots can be made anew.</p>
<ul>${Object.entries(files).map(([file, holds]) => `<li><a href="${file}">${file}</a>: ${escapeHtml(holds)}</li>`).join('\n')}</ul>
</section>
</main>
</body>
</html>
`
}
