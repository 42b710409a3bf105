import { LaptopIcon, MoonIcon, SunIcon } from "@radix-ui/react-icons";
import { useState } from "react";

const KEY = "shelfmark.theme";
const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const ICONS = { system: LaptopIcon, light: SunIcon, dark: MoonIcon } as const;

function savedTheme(): Theme {
  return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "system";
}

export function applyTheme(theme: Theme = savedTheme()): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function ThemeButton() {
  const [theme, setTheme] = useState(savedTheme);
  const Icon = ICONS[theme];
  const choose = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme;
    localStorage.setItem(KEY, next);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button
      type="button"
      className="button quiet icon"
      title={`Theme: ${theme}`}
      aria-label={`Theme: ${theme}`}
      onClick={choose}
    >
      <Icon aria-hidden />
    </button>
  );
}
