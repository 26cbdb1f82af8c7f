// Starts GraphiQL against this very address, with the page's CSRF token so that a signed-in person counts.
(function () {
  const root = document.getElementById("graphiql");
  const token = (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "";
  const fetcher = GraphiQL.createFetcher({
    url: root.dataset.endpoint,
    headers: { "X-CSRFToken": token, "X-Requested-With": "GraphiQL" },
  });
  const query = "{\n  products(first: 3) {\n    nodes {\n      name\n      price { min { amount } }\n      seller { name }\n    }\n  }\n}\n";
  ReactDOM.createRoot(root).render(React.createElement(GraphiQL, { fetcher, defaultQuery: query }));
})();
