// What every page shares: menus, dialogs, theme, the find box, and what is said when a request fails.
(() => {
  'use strict';
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const dialog = (id) => document.getElementById(id);

  // Menus are <details>: at most one is open, a click elsewhere closes it.
  document.addEventListener('click', (event) => {
    all('details.menu[open]').forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // The queue that is shown stands in sight where the tabs are wider than the window; they may be loaded later.
  const showTab = () => all('.queues a[aria-current]').forEach((tab) => {
    const bar = tab.parentElement;
    if (tab.offsetLeft + tab.offsetWidth > bar.scrollLeft + bar.clientWidth) bar.scrollLeft = tab.offsetLeft - 24;
  });
  showTab();
  document.addEventListener('htmx:afterSettle', showTab);

  // Ctrl Enter sends a comment, as it does elsewhere; Enter alone begins a new line.
  document.addEventListener('keydown', (event) => {
    const sends = event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.matches?.('form.say-form textarea');
    if (!sends) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });

  // A menu that would leave the window opens to the other side.
  document.addEventListener('toggle', (event) => {
    const pop = event.target.matches?.('details.menu[open]') && event.target.querySelector('.pop');
    if (!pop) return;
    const { left, right } = pop.getBoundingClientRect();
    if (right > root.clientWidth) pop.classList.remove('left');
    else if (left < 0) pop.classList.add('left');
  }, true);

  // [data-open="id"] opens a dialog, [data-close] and a click on the veil close it.
  const open = (id) => {
    const box = dialog(id);
    if (!box || box.open) return Boolean(box);
    all('dialog[open]').forEach((other) => other.close());
    box.showModal();
    const input = box.querySelector('input[type=search]');
    if (input) input.select();
    return true;
  };
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-open]');
    if (opener && dialog(opener.dataset.open)) { event.preventDefault(); open(opener.dataset.open); return; }
    const box = event.target.closest('dialog');
    if (box && (event.target === box || event.target.closest('[data-close]'))) box.close();
  });

  // Light and dark at once; the server remembers it for the person.
  const settle = (form) => {
    const dark = root.dataset.bsTheme === 'dark';
    form.querySelector('button').value = dark ? 'light' : 'dark';
  };
  all('[data-theme-form]').forEach((form) => {
    settle(form);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const next = root.dataset.bsTheme === 'dark' ? 'light' : 'dark';
      root.dataset.theme = next;
      root.dataset.bsTheme = next;
      document.dispatchEvent(new Event('themechange'));
      const body = new FormData(form);
      body.set('theme', next);
      fetch(form.action, { method: 'POST', body, headers: { 'HX-Request': 'true' } });
    });
  });
  document.addEventListener('themechange', () => all('[data-theme-form]').forEach(settle));

  // The find box: commands while it is empty, answers of the server as one types, arrows through both.
  const find = dialog('find');
  if (find) {
    const input = find.querySelector('input[type=search]');
    const commands = find.querySelector('[data-commands]');
    const found = dialog('found');
    const sift = () => {
      const words = input.value.trim().toLowerCase();
      all('li', commands).forEach((item) => { item.hidden = Boolean(words) && !item.textContent.toLowerCase().includes(words); });
      if (!words) found.replaceChildren();
    };
    input.addEventListener('input', sift);
    const links = () => all('a[href]', find).filter((link) => link.offsetParent !== null);
    find.addEventListener('keydown', (event) => {
      // Only what answers the text as it stands is opened; else the form asks the server.
      const answers = found.querySelector('[data-found-for]')?.dataset.foundFor === input.value.trim().replace(/\s+/g, ' ');
      if (event.key === 'Enter' && event.target === input && answers && found.querySelector('a[href]')) {
        event.preventDefault();
        found.querySelector('a[href]').click();
      }
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      event.preventDefault();
      const list = links();
      const at = list.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1);
      if (at < 0) input.focus(); else list[Math.min(at, list.length - 1)]?.focus();
    });
  }

  // A fragment that did not come: say so where the person looks, and keep what was typed.
  const broken = () => {
    const template = dialog('broken');
    const main = dialog('main');
    if (!template || !main || main.querySelector('.note[data-broken]')) return;
    const note = template.content.firstElementChild.cloneNode(true);
    note.dataset.broken = '';
    main.prepend(note);
  };
  document.addEventListener('htmx:responseError', (event) => {
    if (event.detail.xhr.status === 401) open('logged-out');
    else if (event.detail.xhr.status >= 500) broken();
  });
  document.addEventListener('htmx:sendError', broken);
  document.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.successful) all('.note[data-broken]').forEach((note) => note.remove());
  });

  window.ordertrail = { open };
})();
