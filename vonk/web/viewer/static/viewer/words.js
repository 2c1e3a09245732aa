// The page's texts for scripts, translated by the server.
export const words = JSON.parse(document.getElementById("viewer-words").textContent);
