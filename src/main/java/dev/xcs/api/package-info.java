/** The REST and websocket API, its contract, authentication and the page. */
@NullMarked
package dev.xcs.api;

import org.jspecify.annotations.NullMarked;
