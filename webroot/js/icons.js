// Drawn here, on a grid of 16 by 16.
export const CLOSE = "M4 4l8 8M12 4l-8 8";
export const PLUS = "M8 3v10M3 8h10";
export const PAUSE = "M5.5 3.5v9M10.5 3.5v9";
export const PLAY = "M5 3.5l7 4.5-7 4.5z";
export const POWER = "M8 2.5v5M4.8 4.6a4.6 4.6 0 1 0 6.4 0";
export const REBOOT = "M12.6 8a4.6 4.6 0 1 1-1.5-3.4M12.8 2.6v2.6h-2.6";
export const TRASH = "M3.5 4.5h9M6.5 4.5v-1.5h3v1.5M4.8 4.5l.6 8.5h5.2l.6-8.5";
export const CONSOLE = "M2.5 3.5h11v9h-11zM5 6.2l2 1.8-2 1.8M8.4 10h2.6";
export const EYE = "M1.8 8s2.3-4 6.2-4 6.2 4 6.2 4-2.3 4-6.2 4-6.2-4-6.2-4zM8 6.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2z";
export const KEYBOARD = "M1.8 4.5h12.4v7.2h-12.4zM4 7h.1M6.6 7h.1M9.2 7h.1M11.8 7h.1M5 9.5h6";
export const SHARE = "M6.8 9.2l2.4-2.4M7.4 5l1.7-1.7a2.6 2.6 0 0 1 3.7 3.7l-1.7 1.7M8.6 11l-1.7 1.7a2.6 2.6 0 0 1-3.7-3.7l1.7-1.7";
export const GROW = "M9.5 3h3.5v3.5M13 3l-4 4M6.5 13h-3.5v-3.5M3 13l4-4";
export const EDIT = "M3 13l.6-2.8 7-7 2.2 2.2-7 7z";
export const EJECT = "M8 3.5l4.5 5h-9zM3.5 11.5h9";
export const PLUG = "M6 2.5v3M10 2.5v3M4.5 5.5h7v2a3.5 3.5 0 0 1-7 0zM8 11v2.5";
export const THEME = "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11";
export const COPY = "M5.5 5.5h7v7.5h-7zM3.5 10.5v-7.5h7";
