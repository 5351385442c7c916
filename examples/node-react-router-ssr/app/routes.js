import { index, route } from "@react-router/dev/routes";

export default [index("routes/home.jsx"), route("buoys/:number", "routes/buoy.jsx")];
