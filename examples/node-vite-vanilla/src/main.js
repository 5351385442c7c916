const knots = ["bowline", "clove hitch", "sheet bend"];
document.querySelector("output").textContent = knots.join(", ");
