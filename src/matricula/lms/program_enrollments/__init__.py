"""Program enrollments: an identity in a program, under a curriculum, with a status."""
