// Presses 继续 by itself: long work goes on slice by slice while the page is open, and without script by hand.

document.querySelector('form[data-zk-go-on]')?.requestSubmit();
