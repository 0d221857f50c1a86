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
  // The ledger and the map: words, chapter and verdict narrow the rows; sorted, they leave their groups.
  const filtering = () => document.querySelectorAll('.mlc-filter').forEach(bar => {
    const [body, words] = [document.querySelector('.mlc-table tbody'), bar.querySelector('input[type=search]')]
    const [chosen, sorted] = [[...bar.querySelectorAll('select')], bar.querySelector('.mlc-sorted')]
    const rows = [...body.rows]
    const sentence = row => row.querySelector('td a')?.textContent ?? ''
    const narrow = () => {
      const wanted = words.value.toLowerCase().split(/\s+/)
      let group = null
      const busy = words.value || chosen.some(select => select.value) || sorted?.checked
      rows.forEach(row => {
        if (row.classList.contains('mlc-group')) { group = row; group.hidden = !!busy; return }
        row.hidden = !(wanted.every(word => row.textContent.toLowerCase().includes(word)) && chosen.every(s => !s.value || row.dataset[s.dataset.key] === s.value))
        if (!row.hidden && group && !sorted?.checked) group.hidden = false
      })
    }
    bar.addEventListener('input', narrow)
    sorted?.addEventListener('change', () => {
      const order = sorted.checked ? rows.filter(row => sentence(row)).sort((a, b) => sentence(a).localeCompare(sentence(b))) : rows
      body.append(...order)
      narrow()
    })
  })
  // Predictions: choose before you read on; the guess stays in this browser and shows beside the measured figure.
  const predicting = () => document.querySelectorAll('.mlc-choices[data-claim]').forEach(box => {
    const key = `mlc-guess ${box.dataset.claim}`
    const claim = document.getElementById(`claim-${box.dataset.claim.replace('/', '-')}`)
    const show = guess => {
      box.querySelectorAll('button').forEach(b => b.setAttribute('aria-pressed', b.textContent === guess))
      if (!claim) return
      const beside = claim.querySelector('.mlc-guess') ?? claim.appendChild(Object.assign(document.createElement('span'), {className: 'mlc-guess'}))
      beside.textContent = `your guess: ${guess}`
    }
    const keep = guess => { try { localStorage.setItem(key, guess) } catch { /* no storage: for this visit only */ } show(guess) }
    const choices = JSON.parse(box.dataset.choices)
    if (choices.length) box.replaceChildren(...choices.map(text => Object.assign(document.createElement('button'), {type: 'button', textContent: text, onclick: () => keep(text)})))
    else {
      const input = Object.assign(document.createElement('input'), {type: 'number', step: 'any', ariaLabel: 'your guess'})
      input.addEventListener('change', () => input.value && keep(`${input.value} ${box.dataset.unit}`.trim()))
      box.replaceChildren(input, ` ${box.dataset.unit}`)
    }
    let kept = null
    try { kept = localStorage.getItem(key) } catch { /* none */ }
    if (kept) show(kept)
  })
  addEventListener('keydown', event => {
    const search = document.querySelector('.sidebar-search, #quarto-search input')
    if (event.key !== '/' || !search || event.ctrlKey || event.metaKey || /INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName)) return
    event.preventDefault()
    search.focus()
  })
  addEventListener('DOMContentLoaded', () => { if (navigator.clipboard) copying(); filtering(); predicting(); open() })
  addEventListener('hashchange', open)
})()
