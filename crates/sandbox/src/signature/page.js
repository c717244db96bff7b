// The text of the chosen file is shown where it could be pasted: what is signed is what one sees.
const [file, text] = ["file", "text"].map((id) => document.getElementById(id));
const take = async () => { if (file.files[0]) text.value = await file.files[0].text(); };
file.addEventListener("change", take);
// Chosen before this ran, or kept by the browser over a reload.
take();
