// Start Swagger UI on our own OpenAPI document; validatorUrl null keeps it from asking an outside validator.
const place = document.getElementById("swagger");
SwaggerUIBundle({ url: place.dataset.url, dom_id: "#swagger", validatorUrl: null, deepLinking: true });
