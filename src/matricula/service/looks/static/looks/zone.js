// Tells the server in which zone its reader is, for the times on the next page.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) {
  const only = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `zone=${zone}; path=/; max-age=31536000; SameSite=Lax${only}`;
}
