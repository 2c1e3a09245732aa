// Goes on by itself as soon as there is a network again.
window.addEventListener("online", () => window.location.reload());
document.getElementById("again").addEventListener("click", () => window.location.reload());
