import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { queries } from "./api/queries";
import { watchSession } from "./api/session";
import "./theme/tokens.css";
import "./theme/base.css";
import "./theme/controls.css";
import { startTheme } from "./theme/theme";
import { startWords } from "./words";

startTheme();
watchSession();
await startWords();
const root = document.getElementById("portal");
if (root === null) throw new Error("The page has no element #portal.");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
