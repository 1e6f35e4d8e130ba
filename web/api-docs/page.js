'use strict';

// Shows the server's own description. Calls that are tried out go to where the
// page came from: the policy of the page allows nothing else.
async function showDocument() {
  const answer = await fetch('openapi.json');
  if (!answer.ok) {
    throw new Error(`openapi.json: ${answer.status}`);
  }
  const spec = await answer.json();
  const here = new URL('.', window.location.href).href.replace(/\/$/, '');
  spec.servers = [{ url: here, description: 'This server' }];
  window.SwaggerUIBundle({
    spec,
    dom_id: '#viewer',
    deepLinking: true,
    docExpansion: 'list',
    filter: true,
    validatorUrl: null,
    presets: [window.SwaggerUIBundle.presets.apis],
  });
}

showDocument().catch((problem) => {
  const line = document.createElement('p');
  line.className = 'problem';
  line.textContent = `The description could not be shown: ${problem.message}`;
  document.getElementById('viewer').append(line);
});
