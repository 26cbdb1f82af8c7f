/* Stripe's own fields for the card; the number never passes through this site. */
"use strict";

const card = document.getElementById("stripe");
if (card && window.Stripe) {
  const stripe = window.Stripe(card.dataset.key);
  const elements = stripe.elements({ clientSecret: card.dataset.secret, locale: document.documentElement.lang });
  const button = card.querySelector("button");
  const words = button.textContent;
  const fields = elements.create("payment");
  fields.on("ready", () => { button.disabled = false; });
  fields.mount("#stripe-fields");
  card.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    button.textContent = card.dataset.wait;
    const { error } = await stripe.confirmPayment({ elements, confirmParams: { return_url: location.origin + location.pathname } });
    document.getElementById("stripe-error").textContent = error?.message ?? "";
    button.disabled = false;
    button.textContent = words;
  });
}
