/** TempData of ASP.NET Core MVC: what one page leaves for the next, in a sealed cookie. */
@NullMarked
package io.sharedredis.spring.tempdata;

import org.jspecify.annotations.NullMarked;
