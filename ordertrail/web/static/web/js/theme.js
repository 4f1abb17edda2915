// In the head, before the page is painted: "auto" becomes what the machine prefers, and follows it when it changes.
(() => {
  'use strict';
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    if (root.dataset.theme !== 'auto') return;
    root.dataset.bsTheme = dark.matches ? 'dark' : 'light';
    document.dispatchEvent(new Event('themechange'));
  };
  apply();
  dark.addEventListener('change', apply);
})();
