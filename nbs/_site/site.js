// What a page gains from scripts: copy buttons, filters on the ledger and the map, and folded cells that open when linked to.
(() => {
  // Pages opened from disk may not be fetched by the search, so its results come without excerpts there.
  if (location.protocol === 'file:' && typeof DOCUMENTATION_OPTIONS !== 'undefined') DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)))
    if (target) {
      for (let e = target; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true
      target.scrollIntoView()
    }
  }
  const copying = () => document.querySelectorAll('article div.highlight').forEach(block => {
    block.querySelector('pre').tabIndex = 0 // long lines scroll with the keys too
    const button = document.createElement('button')
    button.className = 'mlc-copy'
    button.textContent = 'copy'
    button.addEventListener('click', () => navigator.clipboard.writeText(block.querySelector('pre').textContent).then(() => {
      button.textContent = 'copied'
      setTimeout(() => button.textContent = 'copy', 1500)
    }))
    block.append(button)
  })
  const filtering = () => document.querySelectorAll('.mlc-filter input').forEach(input => input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/)
    let group = null
    document.querySelectorAll('.mlc-table tbody tr').forEach(row => {
      if (row.classList.contains('mlc-group')) { group = row; group.hidden = !!input.value; return }
      row.hidden = !words.every(word => row.textContent.toLowerCase().includes(word))
      if (!row.hidden && group) group.hidden = false
    })
  }))
  addEventListener('DOMContentLoaded', () => { if (navigator.clipboard) copying(); filtering(); open() })
  addEventListener('hashchange', open)
})()
