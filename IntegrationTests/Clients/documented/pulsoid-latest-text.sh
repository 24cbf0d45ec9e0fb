curl --request GET \
  --url 'https://dev.pulsoid.net/api/v1/data/heart_rate/latest?response_mode=text_plain_only_heart_rate' \
  --header 'Authorization: Bearer a433b947-b2ff-4eea-8751-b0542b76897e'
