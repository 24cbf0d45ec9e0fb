curl --location --request POST "https://cardiogr.am/heart/oauth/users/1/beats" \
  --header "Content-Type: application/json" \
  --data "{ \"beats\": [{ \"start\": 1546025628, \"end\": 1546025628, \"value\": 60 }, { \"start\": 1546025701, \"end\": 1546025701, \"value\": 62 }] }"
