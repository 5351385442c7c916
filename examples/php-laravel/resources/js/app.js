document.title = 'High water';
