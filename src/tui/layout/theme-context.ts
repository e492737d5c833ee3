import { createContext, useContext } from "react";
import { createTheme, type Theme } from "#tui/theme.ts";

export const ThemeContext = createContext<Theme>(createTheme({ colour: true, unicode: true }));

export const useTheme = (): Theme => useContext(ThemeContext);
