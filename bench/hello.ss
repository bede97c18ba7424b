; The smallest program: what start-up costs.
(import (chezscheme))

(display "Hello, world!")
(newline)
