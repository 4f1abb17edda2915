// Lists of track: what is selected is said in words (whose orders), so that nobody hands over the wrong ones.
(() => {
  'use strict';
  const tell = (area) => {
    const names = [...area.querySelectorAll('tbody input[name=order]:checked')].map((box) => box.dataset.customer).filter(Boolean);
    const distinct = [...new Set(names)];
    const place = area.querySelector('[data-selected-words]');
    if (place) place.textContent = distinct.slice(0, 2).join(', ') + (distinct.length > 2 ? ` +${distinct.length - 2}` : '');
  };
  const area = (event) => event.target.closest?.('[data-select]');
  document.addEventListener('change', (event) => { if (area(event)) tell(area(event)); });
  document.addEventListener('click', (event) => { if (event.target.closest?.('[data-clear]') && area(event)) tell(area(event)); });
})();
