"""What the REST interface takes and gives, one module a subject: integers are bounded, texts have a longest length."""
