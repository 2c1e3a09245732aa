// Hands a link to the phone's own share sheet, where there is one.

for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = !navigator.share;
  button.addEventListener("click", async () => {
    try {
      await navigator.share({ title: button.dataset.shareTitle, url: button.dataset.share });
    } catch (error) {
      if (error.name !== "AbortError") throw error; // Closed without a choice.
    }
  });
}
